FROM scratch
COPY link-to-file /from-link
COPY link-to-file /dir/
COPY link-to-dir /contents
COPY link-to-dir/sub.c /through
COPY app /kept
