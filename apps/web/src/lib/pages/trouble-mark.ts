/** The number of syncs that need attention, in the browser's tab: before the title and as the icon's dot. */
let count = 0
let title = 'Keyferry'

function show(): void {
  document.title = count > 0 ? `(${count}) ${title}` : title
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  const href = count > 0 ? '/favicon-trouble.svg' : '/favicon.svg'
  if (icon && icon.getAttribute('href') !== href) icon.setAttribute('href', href)
}

export function setTabTitle(next: string): void {
  title = next
  show()
}

export function setTroubleMark(next: number): void {
  count = next
  show()
}
