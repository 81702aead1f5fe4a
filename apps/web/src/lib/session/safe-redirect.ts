import { isOwnPage } from '@keyferry/schemas/own-page'

/** Only an address of this console: a link to the sign-in page must not lead anywhere else. */
export const safeRedirect = (next: string | undefined): string => (next !== undefined && isOwnPage(next) ? next : '/')
