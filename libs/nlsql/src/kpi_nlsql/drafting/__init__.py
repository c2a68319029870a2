"""The draft of a question: what was understood before columns are chosen and tables joined."""
