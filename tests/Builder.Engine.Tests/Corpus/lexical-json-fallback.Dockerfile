FROM corpus/base
RUN ['echo', not json]; echo $0 > /fell-back || true
CMD ["a",]
ENTRYPOINT ['e']
