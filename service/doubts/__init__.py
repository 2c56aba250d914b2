"""Memos and questions, and their answers: who may see them, who may write them, how they leave the study."""
