import { useNodesInitialized, useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";

const READABLE = 0.6;
const MARGIN = 32;

/**
 * Shows all of the graph where it can still be read, else where it begins: at first, and whenever
 * there is more or less room, until somebody has moved it.
 */
export function useFit(canvas: RefObject<HTMLDivElement | null>) {
  const flow = useReactFlow();
  const isReady = useNodesInitialized();
  const isMoved = useRef(false);
  const room = useRef("");

  const show = useCallback(
    (width: number, height: number) => {
      const graph = flow.getNodesBounds(flow.getNodes());
      const fitting = Math.min(
        (width - 2 * MARGIN) / graph.width,
        (height - 2 * MARGIN) / graph.height,
        1,
      );
      const zoom = Math.max(fitting, READABLE);
      const from = (start: number, length: number, space: number) =>
        Math.max((space - length * zoom) / 2, MARGIN) - start * zoom;
      void flow.setViewport({
        x: from(graph.x, graph.width, width),
        y: from(graph.y, graph.height, height),
        zoom,
      });
    },
    [flow],
  );

  useEffect(() => {
    if (!isReady || !canvas.current) return;
    const watch = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      const now = `${width} ${height}`;
      if (!isMoved.current && now !== room.current) show(width, height);
      room.current = now;
    });
    watch.observe(canvas.current);
    return () => watch.disconnect();
  }, [isReady, canvas, show]);

  return useCallback((event: MouseEvent | TouchEvent | null) => {
    isMoved.current ||= event !== null;
  }, []);
}
