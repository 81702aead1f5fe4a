import { code } from '../../lib/code.ts'

export const loadForms = code(() => import('./forms.ts'))
