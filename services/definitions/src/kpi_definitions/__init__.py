"""The definitions service: what the KPIs are, and every version of them."""
