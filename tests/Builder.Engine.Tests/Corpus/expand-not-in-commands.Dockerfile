FROM corpus/base
ENV v=1
CMD echo $v
ENTRYPOINT ["$v"]
HEALTHCHECK CMD $v
RUN echo '${v//x}' > /raw
