import { createLink } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import { Button } from './ui/button.tsx'

/** A button that leads to another page, for steps a person takes rather than places they visit. */
export const RouteButton = createLink(({ href: _href, ...rest }: ComponentProps<typeof Button> & { href?: string }) => (
  <Button {...rest} />
))
