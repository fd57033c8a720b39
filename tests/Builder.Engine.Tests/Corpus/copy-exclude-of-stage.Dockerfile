FROM corpus/base AS a
COPY many /m
FROM scratch
COPY --from=a --exclude=*.log --exclude=one/inner /m /m
