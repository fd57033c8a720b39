FROM scratch
ENV v=1
CMD echo $v
ENTRYPOINT ["$v"]
HEALTHCHECK CMD $v
RUN echo $v
ONBUILD RUN $v
