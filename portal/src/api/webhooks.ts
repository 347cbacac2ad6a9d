import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type Delivery = Schemas["WebhookDelivery"];
export type DeliveryDetails = Schemas["WebhookDeliveryDetails"];
export type WebhookAddress = Schemas["WebhookAddress"];
export type DeliveryStatus = Delivery["status"];

const SOON_MS = 3000;

export const webhookAddressesQuery = queryOptions({
  queryKey: ["webhook-addresses"],
  queryFn: () => data(api.GET("/api/v1/webhook-addresses")),
  select: (page) => page.items,
});

export const deliveriesQuery = (status?: DeliveryStatus) =>
  infiniteQueryOptions({
    queryKey: ["webhook-deliveries", "list", status],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/v1/webhook-deliveries", { params: { query: { status, cursor: pageParam } } }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** One in full; read again while it waits, since an attempt may come any moment. */
export const deliveryQuery = (delivery_id: string) =>
  queryOptions({
    queryKey: ["webhook-deliveries", delivery_id],
    queryFn: () =>
      data(
        api.GET("/api/v1/webhook-deliveries/{delivery_id}", { params: { path: { delivery_id } } }),
      ),
    refetchInterval: ({ state }) => (state.data?.status === "waiting" ? SOON_MS : false),
  });

export const redeliver = (delivery_id: string) =>
  data(
    api.POST("/api/v1/webhook-deliveries/{delivery_id}/redeliver", {
      params: { path: { delivery_id } },
    }),
  );

export const readSecret = () => data(api.GET("/api/v1/webhook-secret"));

export const rotateSecret = () => data(api.POST("/api/v1/webhook-secret/rotate"));
