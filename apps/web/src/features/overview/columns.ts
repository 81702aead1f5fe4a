/** What matters most, and on a wide page the cards about the project beside it. */
export const COLUMNS = 'grid gap-4 2xl:grid-cols-[minmax(0,1fr)_28rem] 2xl:items-start'
