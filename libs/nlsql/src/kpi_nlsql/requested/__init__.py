"""Requested columns: "… , with the order number and the status", "Number and name of …".

The list is cut off from the sentence, the rest is read as a question for whole rows, and the
columns are put onto its plan: so a list is read alike whatever it is asked of. What is told of
related rows, "with the customer's name", "with their number of orders", stands beside the rows.
"""
