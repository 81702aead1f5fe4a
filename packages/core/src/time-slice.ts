export { timeSlice, type TimeSlice } from '@keyferry/db/time-slice'
