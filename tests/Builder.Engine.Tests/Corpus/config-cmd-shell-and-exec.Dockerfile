FROM corpus/base
CMD echo "a b"
ENTRYPOINT exec e
