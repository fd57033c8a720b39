FROM scratch
COPY --parents app/./sub/deep/*.c conf/*.conf /p/
COPY --parents ./many/one ./many/two/2.txt /q
