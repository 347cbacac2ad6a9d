export { CodeLine } from "./CodeLine";
export { ConfirmModal } from "./ConfirmModal";
export { CopyButton } from "./CopyButton";
export { type Column, DataTable } from "./DataTable";
export { EmptyState } from "./EmptyState";
export { ErrorState } from "./ErrorState";
export { Loaded, RowsSkeleton } from "./Loaded";
export { Page } from "./Page";
