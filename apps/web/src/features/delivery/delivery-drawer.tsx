import { Failure } from '../../components/failure.tsx'
import { Drawer } from '../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { FolderRef } from '../../lib/server/types.ts'
import { useOnNavigate } from '../../lib/pages/use-on-navigate.ts'
import { DeliveredList } from './delivered-list.tsx'
import { ReaderList } from './reader-list.tsx'
import { RevocationNotice } from './revocation-notice.tsx'
import { words } from './words.ts'

/** The delivery receipt of a secret: where its newest value has arrived, and whether the one before can be revoked. */
export function DeliveryDrawer({
  place,
  secretKey,
  onClose,
}: {
  place: FolderRef
  secretKey: string
  onClose: () => void
}) {
  useOnNavigate(onClose)
  const delivery = trpc.delivery.secret.useQuery({ ...place, key: secretKey }, { staleTime: 0 })
  const { data } = delivery
  return (
    <Drawer
      open
      onClose={onClose}
      title={words.deliveryDrawer.title(secretKey)}
      description={
        data
          ? words.deliveryDrawer.version(data.version, place.environment, place.secretPath)
          : words.deliveryDrawer.newestVersion
      }
    >
      {delivery.error ? (
        <Failure what={words.deliveryDrawer.unreadable} error={delivery.error} retry={delivery.refetch} />
      ) : data ? (
        <div className="grid gap-4">
          <RevocationNotice delivery={data} />
          <DeliveredList projectId={place.projectId} delivery={data} />
          {data.readers && <ReaderList readers={data.readers} since={data.readersSince} />}
        </div>
      ) : (
        <SkeletonRows label={words.deliveryDrawer.loading} rows={4} />
      )}
    </Drawer>
  )
}
