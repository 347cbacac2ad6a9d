import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./DataTable.module.css";

export interface Column<T> {
  key: string;
  title: ReactNode;
  cell: (row: T) => ReactNode;
  isNumeric?: boolean;
  /** Left out on a phone. */
  isMinor?: boolean;
  width?: number | string;
}

interface DataTableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  onOpen?: (row: T) => void;
}

/** A dense table that stays readable; scrolls sideways where it must. */
export function DataTable<T>({ label, columns, rows, rowKey, onOpen }: DataTableProps<T>) {
  const className = (column: Column<T>) =>
    [column.isNumeric ? classes.numeric : "", column.isMinor ? classes.minor : ""].join(" ");
  return (
    <Table.ScrollContainer
      minWidth={320}
      type="native"
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <Table highlightOnHover={onOpen !== undefined} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th
                key={column.key}
                className={className(column)}
                style={{ width: column.width }}
              >
                {column.title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr
              key={rowKey(row)}
              onClick={onOpen ? () => onOpen(row) : undefined}
              className={onOpen ? classes.opens : undefined}
            >
              {columns.map((column) => (
                <Table.Td key={column.key} className={className(column)}>
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
