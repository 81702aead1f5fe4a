const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** "19:00", where the reader is. */
export const hourText = (iso: string): string => clock.format(new Date(iso))
