export { openBoss, QUEUE, type Backend } from './backend.ts'
export { localEvents, postgresEvents, type EventBus } from './events.ts'
export { createQueue, JOBS_PER_LANE, type Handler, type JobQueue, type WorkOptions } from './queue.ts'
