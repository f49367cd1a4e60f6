// Loads the small modules that every page uses.
import "./keys.js";
