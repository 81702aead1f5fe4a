/** Every text of the shared components. A translator starts here. */
import { count } from '@keyferry/schemas/count'

export const words = {
  accessDenied: {
    goSecrets: 'Go to the secrets',
    goSyncs: 'Go to the syncs',
    yourRole: (lowerCase: string) => `Your role: ${lowerCase} ·`,
  },
  brand: {
    keyferry: 'Keyferry',
  },
  choiceField: {
    unreadable: (message: string) => `The list could not be read: ${message}`,
    loading: 'Loading the list…',
    empty: 'Enter a value.',
    optionsNamed: (label: string) => `${label}: options`,
    tryAgain: 'Try again',
    none: 'The account lists no options. Enter a value.',
    unlisted: 'The account doesn’t list this value.',
  },
  choicesField: {
    unreadable: (message: string) => `The list could not be read: ${message}`,
  },
  codeField: {
    sixDigitCode: 'Six-digit code',
  },
  confirmDeletion: {
    deleted: (what: string) => `Deleted ${what}.`,
    title: (what: string) => `Delete ${what}?`,
    removeDelete: 'Remove and delete',
    delete: (what: string) => `Delete ${what}`,
    unreadable: 'The usages could not be read',
    loading: 'Finding usages',
    syncs: 'Keys at the destinations',
    imported: 'It can’t be deleted while other folders import it',
    importedText: 'Remove these imports first.',
    breaks: 'References to it will no longer resolve',
    breaksText: 'Syncs that need them are blocked and send nothing until the references are changed.',
    unused: 'Not used by any sync, import or reference.',
  },
  confirm: {
    cancel: 'Cancel',
  },
  connectionForm: {
    failed: 'The credential was not stored',
    connectionName: 'Connection name',
    nameHelp: 'Lowercase letters, numbers and hyphens.',
    method: 'Sign in with',
    testing: (provider: string) => `Testing it with ${provider}…`,
    testedFirst: (provider: string) =>
      `We test it with ${provider}, then store it encrypted. It can’t be viewed again.`,
    cancel: 'Cancel',
    replaceCredential: 'Replace credential',
    createConnection: 'Create connection',
  },
  connectionPicker: {
    label: (title: string) => `${title} connection`,
    placeholder: 'Choose…',
    loading: 'Loading…',
  },
  copyButton: {
    refused: 'The browser refused access to the clipboard.',
    copied: 'Copied',
  },
  countDown: {
    now: 'now',
    inS: (ceil: number) => `in ${ceil} s`,
  },
  counts: {
    created: 'created',
    updated: 'updated',
    deleted: 'deleted',
    noChanges: 'No changes',
    planned: 'planned',
    rejected: (localeString: string) => `${localeString} rejected`,
  },
  deletionOptions: {
    keep: 'Keep the keys at the destinations',
    remove: 'Delete the keys at the destinations first',
    deleted: (syncs: number) => `${count(syncs, 'sync is', 'syncs are')} deleted.`,
    noKeys: 'No keys were written yet.',
    /** `keys` is null when it is not known how many there are. */
    kept: (keys: number | null) =>
      keys === null
        ? 'All keys that they wrote keep their current values. They are no longer updated, and delivery receipts no longer count them.'
        : keys === 1
          ? '1 key keeps its current value at the destination. It is no longer updated, and delivery receipts no longer count it.'
          : `${count(keys, 'key')} keep their current values at the destinations. They are no longer updated, and delivery receipts no longer count them.`,
    removed: (keys: number | null, what: string) =>
      `Deletes ${keys === null ? 'all keys that they wrote' : count(keys, 'key')} at the destinations, then ${what}. Programs that read ${keys === 1 ? 'it' : 'them'} can no longer find ${keys === 1 ? 'it' : 'them'}. If a destination refuses, nothing more is deleted.`,
  },
  destinationCards: {
    searchDestinations: 'Search destinations',
    noMatch: (text: string) => `No destination matches “${text}”.`,
    destinations: (found: number) => count(found, 'destination'),
    connected: 'Connected',
  },
  failure: {
    tryAgain: 'Try again',
  },
  folderFields: {
    environment: 'Environment',
  },
  folderPicker: {
    secretPath: 'Secret path',
    unreadable: (message: string) => `The folders could not be read: ${message}`,
    chooseFolder: 'Choose a folder',
    root: '/ (root)',
  },
  generatedFields: {
    choose: 'Choose…',
    none: 'None',
  },
  hiddenValue: {
    collapse: (name: string) => `Collapse ${name}`,
    expand: (name: string) => `Expand ${name}`,
    hide: (name: string) => `Hide ${name}`,
    reveal: (name: string) => `Reveal ${name}`,
    unreadable: (name: string, message: string) => `Couldn’t read ${name}: ${message}`,
    blank: '(blank)',
    editNamed: (name: string) => `Edit ${name}`,
    copy: (name: string) => `Copy ${name}`,
  },
  importPreview: {
    add: 'Add',
    change: 'Change',
    leftOut: 'Skipped',
    keep: 'Keep',
    equal: 'Same',
    empty: 'The destination has no secrets that can be imported.',
    added: (added: string) => `${added} added`,
    changed: (changed: string) => `${changed} changed`,
    noChanges: 'No changes',
    inFolder: 'in the folder',
    same: (same: string) => `${same} the same`,
    kept: (kept: string) => `${kept} kept with the folder’s value`,
    skipped: (skipped: string) => `${skipped} skipped`,
    label: 'Import preview',
    nameAtDestination: (name: string) => `${name} at the destination`,
  },
  importPriorities: {
    keep: 'Import, keep the folder’s values',
    keepText:
      'Adds the keys that exist only at the destination. If both have a key with different values, the folder’s value is kept.',
    take: 'Import, take the destination’s values',
    takeText:
      'Adds the keys that exist only at the destination. If both have a key with different values, the destination’s value is written to the folder.',
  },
  keySchemaField: {
    keySchema: 'Key schema',
    placeholder: (keyPlaceholder: string) => `APP_${keyPlaceholder}`,
    templateForKeyNames: 'Template for key names at the destination.',
    nameHelp: 'is the name in Keyferry,',
    environmentHelp: 'the environment.',
    exampleNames: 'Example names',
  },
  leaveQuestion: {
    title: 'Leave without saving?',
    text: 'Your changes on this page are not saved yet.',
    stayOnPage: 'Stay on this page',
    discardLeave: 'Discard and leave',
  },
  linesField: {
    onePerLine: 'One per line.',
    pairPerLine: 'One per line, as key=value.',
  },
  noEnvironment: {
    secrets: 'Secrets',
    title: 'This project has no environment',
    addEnvironment: 'Add an environment',
    text: 'Secrets are kept per environment, such as dev, staging and prod.',
    noFolder: 'None of your folders exist',
    noFolderText:
      'The folders that you have access to were renamed or deleted, or aren’t created yet. Ask a project admin.',
    access: 'View your access',
  },
  onDemand: {
    unreadable: 'This part could not be loaded',
  },
  moreRows: {
    more: 'Show more',
  },
  openTarget: {
    openIn: 'Open in',
  },
  passkeyButton: {
    signWithPasskey: 'Sign in with a passkey',
  },
  pendingDeletion: {
    thisProject: 'This project',
    environment: (value: string) => `Environment ${value}`,
    folder: (value: string) => `Folder ${value}`,
    done: 'All keys are deleted; this is next.',
    waiting: (syncs: number) =>
      `Waiting for ${count(syncs, 'sync')} to delete ${syncs === 1 ? 'its' : 'their'} keys at the destination:`,
    title: (what: string) => `${what} is being deleted`,
    requestedBy: (askedBy: string) => `Requested by ${askedBy},`,
    badge: (syncs: number) => `Being deleted, waiting for ${count(syncs, 'sync')}`,
  },
  planView: {
    willBeDeleted: (n: number) => `${count(n, 'key')} will be deleted`,
    willBeOverwritten: (n: number) => `${count(n, 'existing key')} will be overwritten`,
    cantBeStored: (n: number) => `${count(n, 'key')} can’t be stored at the destination`,
    willBeCreated: (n: number) => `${count(n, 'key')} will be created`,
    willBeUpdated: (n: number) => `${count(n, 'key')} will be updated`,
    unchanged: (n: number) => `${count(n, 'key is', 'keys are')} unchanged`,
    notTouched: (n: number) => `${count(n, 'other key is', 'other keys are')} left alone`,
    create: 'Create',
    update: 'Update',
    delete: 'Delete',
    keep: 'Keep',
    reject: 'Reject',
    needsApproval: 'This plan needs approval before it runs',
    empty: 'No keys in the folder or at the destination.',
  },
  policies: {
    mirror: 'Mirror the folder',
    mirrorText:
      'Delete every key at the destination that isn’t in the folder, including keys that others wrote. With a key schema, only keys that match it.',
    owned: 'Delete only what this sync wrote',
    ownedText: 'Delete a key when it leaves the folder, if this sync wrote it. Other keys are kept.',
    none: 'Disable secret deletion',
    noneText:
      'Never delete anything at the destination. Keys that leave the folder are kept and shown as left behind. Choose this if you manage some secrets outside Keyferry.',
  },
  orDivider: {
    or: 'or',
  },
  providerButton: {
    signWithYourOrganization: 'Sign in with your organization',
  },
  roleLabels: {
    everyEnvironment: 'every environment',
    viewer: 'Viewer',
    viewerText: 'Sees names, states and history, no values.',
    developer: 'Developer',
    developerText: 'Reads and changes values, and runs syncs.',
    admin: 'Admin',
    adminText: 'Everything in the project, including connections, syncs and members.',
    wholeProject: 'Whole project',
  },
  runState: {
    running: 'Running',
    succeeded: 'Succeeded',
    partly: 'Partly succeeded',
    failed: 'Failed',
    blocked: 'Blocked',
  },
  selectionBar: {
    key: '. Press B for the actions.',
    clear: 'Clear selection',
  },
  shownOnce: {
    copy: (label: string) => `Copy ${label}`,
    title: 'Copy it now',
  },
  strength: {
    weak: 'Weak',
    fair: 'Fair',
    good: 'Good',
    strong: 'Strong',
    tooShort: 'Too short',
    hint: 'At least 10 characters. A passphrase works well.',
  },
  usesList: {
    unused: 'Not used by any sync, import or reference.',
    readBy: (readers: number) => `Read by ${count(readers, 'sync')}`,
    indirect: ' · through an import or a reference',
    importedBy: (imports: number) => `Imported by ${count(imports, 'folder')}`,
    referencedBy: (references: number) => `Referenced by ${count(references, 'secret')}`,
    written: (keys: number) => ` · ${count(keys, 'key')} written`,
  },
  unknownNotice: {
    title: (what: string) => `This ${what} doesn’t exist, or you don’t have access to it`,
  },
} as const
