/** What makes a row one that somebody is in: a form, or an open dialog. It would be gone with what is typed there. */
export const OCCUPIED = 'form, [data-dialog]'
