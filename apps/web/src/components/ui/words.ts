/** Every text of these components. A translator starts here. */
export const words = {
  combobox: {
    choose: 'Choose…',
    noMatch: 'No matches.',
    placeholder: 'Search or type…',
    search: 'Search…',
    take: (text: string) => `Use “${text}”`,
  },
  dialog: {
    close: 'Close',
  },
  field: {
    optional: 'optional',
  },
  loadedLater: {
    failed: 'This part could not be loaded',
    tryAgain: 'Try again',
  },
  passwordField: {
    hideCharacters: 'Hide characters',
    showCharacters: 'Show characters',
  },
  table: {
    actions: 'Actions',
  },
} as const
