/** Every text of the pages about projects as a whole. A translator starts here. */
import { count } from '@keyferry/schemas/count'

export const words = {
  title: 'Projects',
  create: 'Create project',
  loading: 'Loading projects',
  unreadable: 'The projects could not be read',
  search: 'Search projects',
  shown: (projects: number) => `${count(projects, 'project')} shown`,
  none: 'No project matches',
  noneText: (projects: number) => `You are in ${count(projects, 'project')}.`,
  noSyncs: 'No syncs yet',
  syncs: (syncs: number) => count(syncs, 'sync'),
  changed: 'Last change',

  example: { name: 'Example', text: 'Made-up secrets to explore' },

  unknown: {
    title: 'Project not found',
    heading: 'This project doesn’t exist, or you don’t have access to it',
    text: 'It was deleted, the link is incomplete, or you are not a member.',
    yours: 'You can open these projects:',
    all: 'All projects',
  },

  new: {
    title: 'New project',
    first: 'Create your first project',
    text: 'A project has the secrets of one product, per environment. It starts with dev, staging and prod.',
    name: 'Project name',
    namePlaceholder: 'Checkout',
    description: 'Description',
    create: 'Create project',
    noneYet: 'You are in no project yet',
    adminsOnly: 'New projects are for instance admins',
    askFirst: 'Ask one of them to add you to a project.',
    ask: 'Ask one of them for it.',
    exampleText:
      'Just looking? The example has made-up secrets in two environments, a shared folder and a reference. Nothing is sent anywhere.',
    example: 'Load an example project',
  },
} as const
