// Loads the small modules that every page uses.
import "./keys.js";
import "./attachments.js";
import "./copy.js";
import "./desk-onebox.js";
import "./forms.js";
import "./lists.js";
import "./notices.js";
import "./times.js";
import "./toasts.js";
