FROM corpus/base
COPY --chmod=600 -- hello.txt /--odd
RUN --network=none -- echo x > /dash
