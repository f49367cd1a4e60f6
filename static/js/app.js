// Loads the small modules that every page uses.
import "./keys.js";
import "./attachments.js";
import "./copy.js";
import "./desk-onebox.js";
import "./drafts.js";
import "./forms.js";
import "./leaving.js";
import "./lock.js";
import "./lists.js";
import "./notices.js";
import "./offline.js";
import "./times.js";
import "./toasts.js";
import "./promises.js";
import "./work.js";
import "./presence.js";
