/** Every text of this feature. A translator starts here. */
import { count } from '@keyferry/schemas/count'

export const words = {
  pastePage: {
    paste: 'Paste .env',
    denied: (environment: string, secretPath: string) => `You can’t add secrets to ${environment}:${secretPath}`,
    into: 'Into',
    keysNotFileLeft: '. Keys not in the file are left unchanged.',
    fileContent: 'File content',
    placeholder: 'DATABASE_URL="postgres://…"\nSTRIPE_KEY=sk_…',
    unreadable: (name: string) => `${name} isn’t UTF-8 text`,
    tooLong: (millions: string) => `${millions} million characters`,
    tooLongText: 'This text is too long to edit here. The changes it would make are shown below.',
    clear: 'Clear',
    unreadableText: 'Save the file as UTF-8 and upload it again.',
    uploadFile: 'Upload a file',
  },
  pastePreview: {
    savedAddedChanged: (added: number, changed: number) => `Saved: ${added} added, ${changed} changed.`,
    unreadable: 'The text could not be read',
    nothingSaved: 'Nothing was saved',
    previewChanges: 'Preview changes',
    addedChangedUnchanged: (added: number, changed: number, unchanged: number) =>
      `${added} added, ${changed} changed, ${unchanged} unchanged`,
    skipped: (refused: number) => `${count(refused, 'entry', 'entries')} skipped`,
    skippedLabel: 'Skipped',
    selectAll: 'Select all',
    selectNone: 'Select none',
    cancel: 'Cancel',
    saveChosen: (chosen: number) => (chosen === 0 ? 'Save secrets' : `Save ${count(chosen, 'secret')}`),
  },
  pastedLines: {
    pastedSecrets: 'Pasted secrets',
  },
  previewTable: {
    add: 'Add',
    change: 'Change',
    unchanged: 'Unchanged',
    previewChanges: 'Preview changes',
    save: 'Save',
    key: 'Key',
    value: 'Value',
    andMore: (more: number) => `And ${more} more, which are saved too.`,
    saveNamed: (key: string) => `Save ${key}`,
    line: (line: number, message: string) => `Line ${line}: ${message}`,
    old: 'Old',
    new: 'New',
    oldValue: (key: string) => `old ${key}`,
    newValue: (key: string) => `new ${key}`,
  },
  usePastedFile: {
    tooLarge: (name: string, more: number) => `${name} is larger than ${more} MB.`,
    unreadable: (name: string) => `${name} isn’t UTF-8 text. Save it as UTF-8 and drop it again.`,
  },
} as const
