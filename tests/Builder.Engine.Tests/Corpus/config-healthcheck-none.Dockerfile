FROM corpus/base AS a
HEALTHCHECK --interval=5s CMD ["a", "b c"]
FROM a
HEALTHCHECK NONE
