FROM scratch
CMD ["x"]
ENTRYPOINT ["e", "f g"]
