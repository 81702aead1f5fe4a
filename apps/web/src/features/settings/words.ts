/** Every text of this feature. A translator starts here. */
import { count } from '@keyferry/schemas/count'

export const words = {
  dangerSection: {
    confirmText: (environments: string) =>
      `${environments} with every secret, folder and version in them, permanently. To keep a copy, first run:`,
    title: 'Delete project',
    text: 'Deletes its environments, secrets, versions and syncs. This cannot be undone.',
    command: (slug: string) => `keyferry admin export-project copy.kf --project ${slug}`,
    confirm: (name: string) => `Type ${name} to confirm`,
    project: (name: string) => `project ${name}`,
    environments: (environments: number) => count(environments, 'environment'),
  },
  deleteEnvironment: {
    text: 'Every secret and folder in it is deleted too. You can restore it from Trash for 30 days.',
    confirm: (slug: string) => `Type ${slug} to confirm`,
    environment: (name: string) => `environment ${name}`,
  },
  detailsSection: {
    title: 'Project',
    name: 'Project name',
    slug: 'Slug',
    slugHelp: 'Clients that use the slug need the new one. Everything else is updated.',
    description: 'Description',
    save: 'Save',
    saveNamed: 'Save project',
    saved: 'Project saved.',
  },
  environmentDialog: {
    name: 'Environment name',
    namePlaceholder: 'Staging',
    slug: 'Slug',
    cancel: 'Cancel',
    renamed: (name: string, slug: string) => `Renamed to ${name} (${slug}).`,
    added: (name: string) => `Added ${name}.`,
    rename: (name: string) => `Rename ${name}`,
    add: 'Add environment',
    slugChangeHelp:
      'References to the old slug are rewritten, imports and syncs follow. Clients that use the old slug must be changed.',
    slugHelp: 'Its name in references, clients and key schemas.',
    save: 'Save environment',
  },
  environmentRow: {
    moveUp: (name: string) => `Move ${name} up`,
    moveDown: (name: string) => `Move ${name} down`,
    rename: (name: string) => `Rename ${name}`,
    remove: (name: string) => `Delete ${name}`,
  },
  environmentsSection: {
    title: 'Environments',
    text: 'Their order is the order of the tabs.',
    add: 'Add environment',
    empty: 'This project has no environment yet. Add one for secrets.',
  },
  renameTag: {
    name: 'Name',
    slug: 'Slug',
    slugHelp: 'Clients use it to find secrets.',
    cancel: 'Cancel',
    save: 'Save tag',
    title: (name: string) => `Rename tag ${name}`,
  },
  settingsPage: {
    title: 'Project settings',
    text: 'Name, environments and deletion',
    unreadable: 'This project could not be read',
    loading: 'Loading the project',
    readOnly: 'You can see the settings but not change them',
    settings: 'Settings',
  },
  tagsSection: {
    title: 'Tags',
    text: 'Labels to find secrets by. Add one in the details of a secret.',
    unreadable: 'The tags could not be read',
    empty: 'No tag yet.',
    deleteAction: 'Delete tag',
    deleteText: 'It is removed from every secret that has it. The secrets stay.',
    rename: (name: string) => `Rename tag ${name}`,
    remove: (name: string) => `Delete tag ${name}`,
    deleteTitle: (name: string) => `Delete tag ${name}?`,
  },
} as const
