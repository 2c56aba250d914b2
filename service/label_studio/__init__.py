"""The Label Studio that a study uses: started here or elsewhere, with Tandem's service attached."""
