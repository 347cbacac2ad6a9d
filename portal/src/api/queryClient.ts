import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

const MAX_RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What was refused stays refused; only a server that is away is asked again.
      retry: (failures, error) => {
        const { status } = Problem.from(error);
        return failures < MAX_RETRIES && (status === 0 || status === 503);
      },
    },
  },
});
