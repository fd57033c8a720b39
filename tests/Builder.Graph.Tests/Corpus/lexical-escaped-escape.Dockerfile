FROM scratch
RUN a \\
ENV x=1
