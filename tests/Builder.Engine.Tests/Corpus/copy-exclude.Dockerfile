FROM scratch
COPY --exclude=*.c app /no-c-at-top
COPY --exclude=**/*.c app /no-c
COPY --exclude=sub --exclude=pipe app /no-sub
COPY --exclude=sub/* --exclude=!sub/sub.h app /only-header
COPY --exclude=h* *.txt /named-stay/
COPY --exclude=sub/deep app/ /slash/
COPY --exclude=app app /itself/
