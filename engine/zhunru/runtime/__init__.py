"""Cases: what happens after a decision, stepped by the plan of a workflow and kept in a store."""
