// The keyboard map: an element with data-key is pressed by its key (users.md 6.3).
// Single letters count only outside fields, never while a character is being composed.
export {};
