FROM base
COPY --link --chmod=0755 a /b
