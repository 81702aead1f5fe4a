import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface Props {
  /** Undefined: at the instance. */
  projectId: string | undefined
  connectionId: string
  className?: string
  children: ReactNode
}

/** Leads to the page of a connection, in the project or at the instance. */
export const ConnectionLink = ({ projectId, connectionId, ...rest }: Props) =>
  projectId === undefined ? (
    <Link to="/connections/$connectionId" params={{ connectionId }} {...rest} />
  ) : (
    <Link to="/p/$projectId/connections/$connectionId" params={{ projectId, connectionId }} {...rest} />
  )
