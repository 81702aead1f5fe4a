/** The key that presses a control, on its face; only where there is likely to be a keyboard. */
export const Shortcut = ({ name }: { name: string }) => (
  <kbd
    aria-hidden
    className="rounded border border-current/35 px-1 font-sans text-xs leading-4 font-normal opacity-80 max-md:hidden pointer-coarse:hidden"
  >
    {name}
  </kbd>
)
