/** The page of a sync, for links and for `navigate`. */
export const syncPage = ({ projectId, destination, id }: { projectId: string; destination: string; id: string }) =>
  ({
    to: '/p/$projectId/syncs/$destination/$syncId',
    params: { projectId, destination, syncId: id },
  }) as const
