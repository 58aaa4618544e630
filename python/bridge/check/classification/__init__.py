"""What is special to the exports of classifiers: how they are read back, and what they must be."""
