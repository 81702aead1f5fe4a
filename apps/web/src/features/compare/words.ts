/** Every text of this feature. A translator starts here. */
export const words = {
  comparePage: {
    compareEnvironments: 'Compare environments',
    denied: 'Comparing needs access to values',
    text: 'Compares raw values; references aren’t resolved.',
    unreadable: 'The environments could not be compared',
    loading: 'Comparing',
    nothing: 'Nothing to compare',
    addEnvironment: 'Add an environment',
    readableInOne: (path: string) => `You can read all values below ${path} in one environment of this project only.`,
    readableInNone: (path: string) =>
      `There is no environment of this project in which you can read all values below ${path}.`,
    folder: 'Folder',
    searchKeys: 'Search keys',
    differencesOnly: 'Differences only',
    keysDiffer: (differing: number, rows: number) => `${differing} of ${rows} keys differ`,
    empty: 'No secrets in these folders',
    noMatch: 'No keys to show',
    emptyText: 'Choose another folder, or add secrets to one of the environments.',
    allEqual: 'Every key is in every environment with the same value.',
    noMatchText: 'No key matches the filters.',
  },
  matrixCell: {
    missing: 'Missing',
    copyNamed: (key: string, environment: string) => `Copy ${key} to ${environment}`,
    copy: 'Copy',
    from: (first: string) => `from ${first}`,
    different: 'Different',
    valueIn: (key: string, environment: string) => `${key} in ${environment}`,
    copyOf: (key: string, environment: string) => `Copy ${key} of ${environment} to another environment`,
    copyTo: (to: string) => `Copy to ${to}`,
  },
  matrixRow: {
    copiedFrom: (key: string, from: string, to: string) => `Copied ${key} from ${from} to ${to}.`,
    removed: (key: string, environment: string) => `Deleted ${key} from ${environment}.`,
    notCopied: (key: string, message: string) => `Couldn’t copy ${key}: ${message}`,
  },
  matrixTable: {
    comparison: 'Comparison',
    key: 'Key',
  },
} as const
