/** What CHANGELOG.md says of `version`. Throws when it says nothing. */
export function notesOf(changelog: string, version: string): string {
  const section = changelog
    .split(/^## /m)
    .find((text) => text.startsWith(`${version}\n`) || text.startsWith(`${version} `))
  if (section === undefined) throw new Error(`CHANGELOG.md has no section ${version}. Run: pnpm version-packages`)
  return `${section.slice(section.indexOf('\n')).trim()}\n`
}
