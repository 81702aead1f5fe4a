import { words } from './words.ts'

/** Between a form and the other ways to do the same. */
export const OrDivider = () => (
  <p className="flex items-center gap-3 text-sm text-soft before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
    {words.orDivider.or}
  </p>
)
